import { SessionResource } from './resource'
import { candidatesOf, fragment, restartAnswer } from './sdp'

/** How long an offer waits for its own addresses, in milliseconds; later ones follow by PATCH. */
const GATHERING = 300
/** Addresses found within this time go out in one PATCH. */
const TRICKLE_PAUSE = 100

export interface PeerOptions {
  url: string
  ticket: string
  iceServers: RTCIceServer[]
  /** Adds the lines to offer; called before the offer is made. */
  prepare: (connection: RTCPeerConnection) => void
}

/** One connection with the relay: a peer connection and its session on the server. It is opened once; a new try is a new Peer. */
export class Peer {
  private trickling: ReturnType<typeof setTimeout> | undefined

  private constructor(
    readonly connection: RTCPeerConnection,
    readonly resource: SessionResource,
    private answer: string,
  ) {}

  /** Resolves when the answer is set, which is before media flows. Rejects with Refused, and leaves nothing open. */
  static async open(options: PeerOptions): Promise<Peer> {
    const connection = new RTCPeerConnection({ iceServers: options.iceServers, bundlePolicy: 'max-bundle' })
    try {
      options.prepare(connection)
      await connection.setLocalDescription(await connection.createOffer())
      await gathered(connection)
      const { resource, answer, iceServers } = await SessionResource.post(options.url, options.ticket, localSdp(connection))
      const sent = candidatesOf(localSdp(connection))
      await connection.setRemoteDescription({ type: 'answer', sdp: answer })
      if (iceServers.length) connection.setConfiguration({ ...connection.getConfiguration(), iceServers })
      return new Peer(connection, resource, answer).trickleAfter(sent)
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** ICE restart on the same session (RFC 9725 §4.3.3): media goes on, only the path is new. False when the server cannot. */
  async restart(): Promise<boolean> {
    try {
      await this.connection.setLocalDescription(await this.connection.createOffer({ iceRestart: true }))
      await gathered(this.connection)
      const offer = localSdp(this.connection)
      const fresh = await this.resource.restart(fragment(offer, candidatesOf(offer)))
      if (fresh === null) return false
      this.answer = restartAnswer(this.answer, fresh)
      await this.connection.setRemoteDescription({ type: 'answer', sdp: this.answer })
      return true
    } catch {
      return false
    }
  }

  /** Closes here; `tell` also ends the session on the server. */
  end(tell: boolean): void {
    clearTimeout(this.trickling)
    this.connection.onicecandidate = this.connection.onconnectionstatechange = null
    this.connection.close()
    if (tell) void this.resource.delete()
  }

  private trickleAfter(sent: string[]): this {
    this.connection.onicecandidate = () => {
      clearTimeout(this.trickling)
      this.trickling = setTimeout(() => void this.trickle(sent), TRICKLE_PAUSE)
    }
    return this
  }

  private async trickle(sent: string[]): Promise<void> {
    const offer = localSdp(this.connection)
    const late = candidatesOf(offer).filter((candidate) => !sent.includes(candidate))
    if (!late.length) return
    sent.push(...late)
    const done = this.connection.iceGatheringState === 'complete'
    await this.resource.trickle(fragment(offer, late, done)).catch(() => undefined)
  }
}

function localSdp(connection: RTCPeerConnection): string {
  return connection.localDescription?.sdp ?? ''
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === 'complete') return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHERING)
    connection.onicegatheringstatechange = () => {
      if (connection.iceGatheringState !== 'complete') return
      clearTimeout(timer)
      resolve()
    }
  })
}
