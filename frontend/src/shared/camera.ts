/** Why there is no camera, as the key of a sentence in words.zh.ts. */
export type CameraFault = 'camera.insecure.why' | 'camera.denied' | 'camera.missing' | 'camera.busy'

/** Browsers give camera and microphone to encrypted pages and to the machine itself only. */
export function isCameraWithheld(): boolean {
  return !window.isSecureContext || navigator.mediaDevices === undefined
}

/** What an error of getUserMedia or getDisplayMedia means. */
export function cameraFault(error: unknown): CameraFault {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera.denied'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'camera.missing' : 'camera.busy'
}
