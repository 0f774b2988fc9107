import type Hls from 'hls.js'
import { authorization } from '../account'
import type { Media, Resource } from './calls'

export interface Level { height: number; index: number }
export interface Playing {
  levels: Level[]
  /** -1 lets the line decide. */
  setLevel: (index: number) => void
  end: () => void
}

const HLS = 'application/vnd.apple.mpegurl'
const WITHOUT: Playing = { levels: [], setLevel: () => undefined, end: () => undefined }

/** Gives the element its stream: the ladder through hls.js, which is loaded only now, else the best whole file. */
export async function attach(video: HTMLMediaElement, resource: Resource, track: Media['track']): Promise<Playing> {
  const mine = resource.media.filter((each) => each.track === track)
  const stream = mine.find((each) => each.type === HLS)
  if (stream) {
    const { default: Player } = await import('hls.js/light')
    if (Player.isSupported()) return play(Player, new Player({ enableWorker: false, xhrSetup: sign }), video, stream.url)
  }
  video.src = mine.find((each) => each.type !== HLS)?.url ?? ''
  return WITHOUT
}

function play({ Events }: typeof Hls, player: Hls, video: HTMLMediaElement, url: string): Promise<Playing> {
  return new Promise((resolve, reject) => {
    player.on(Events.MANIFEST_PARSED, () => resolve({
      levels: player.levels.map((level, index) => ({ height: level.height, index })),
      setLevel: (index) => { player.currentLevel = index },
      end: () => player.destroy(),
    }))
    player.on(Events.ERROR, (_, error) => { if (error.fatal) reject(new Error(error.details)) })
    player.loadSource(url)
    player.attachMedia(video)
  })
}

/** Our own playlists want the sign-in; the store's signed addresses must not get it. */
function sign(request: XMLHttpRequest, url: string): void {
  if (new URL(url, location.href).origin === location.origin) request.setRequestHeader('Authorization', authorization())
}
