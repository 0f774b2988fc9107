/** The machine's cameras and microphones, and which of them she chose last. */
export type Kind = 'camera' | 'microphone'
export interface Choice { id: string; name: string }

const STORED = 'songjiao.devices'
const INPUT = { camera: 'videoinput', microphone: 'audioinput' } as const

const PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } }
const SOUND: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } }

/** A remembered device that is not plugged in now must not stop her: it is a wish, not a demand. */
function constraints(kind: Kind, id: string | null, exact: boolean): MediaStreamConstraints {
  const device = id ? { deviceId: exact ? { exact: id } : { ideal: id } } : {}
  return kind === 'camera' ? { video: { ...PICTURE, ...device } } : { audio: { ...SOUND, ...device } }
}

export async function openTrack(kind: Kind, id: string | null, exact = false): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia(constraints(kind, id, exact))
  const track = stream.getTracks()[0]
  if (!track) throw new DOMException('no track', 'NotFoundError')
  return track
}

/** Both at once, so that the browser asks her only one question. */
export async function openBoth(camera: string | null, microphone: string | null): Promise<Partial<Record<Kind, MediaStreamTrack>>> {
  const wanted = { ...constraints('camera', camera, false), ...constraints('microphone', microphone, false) }
  const stream = await navigator.mediaDevices.getUserMedia(wanted)
  const [video, audio] = [stream.getVideoTracks()[0], stream.getAudioTracks()[0]]
  return { ...(video ? { camera: video } : {}), ...(audio ? { microphone: audio } : {}) }
}

export async function listChoices(): Promise<Record<Kind, Choice[]>> {
  const devices = await navigator.mediaDevices.enumerateDevices()
  const of = (kind: Kind): Choice[] => devices
    .filter((device) => device.kind === INPUT[kind] && device.deviceId && device.label)
    .map((device) => ({ id: device.deviceId, name: device.label }))
  return { camera: of('camera'), microphone: of('microphone') }
}

export function remembered(): Record<Kind, string | null> {
  const kept = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Record<Kind, string>>
  return { camera: kept.camera ?? null, microphone: kept.microphone ?? null }
}

export function remember(kind: Kind, id: string): void {
  localStorage.setItem(STORED, JSON.stringify({ ...remembered(), [kind]: id }))
}
