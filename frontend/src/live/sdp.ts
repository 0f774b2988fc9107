/** Plain functions on SDP text. Lines end in CRLF (RFC 8866); fragments are those of RFC 8840 and RFC 9725 §4.3. */
const lines = (sdp: string) => sdp.split(/\r?\n/).filter((line) => line !== '')
const text = (all: string[]) => all.map((line) => `${line}\r\n`).join('')
const firstOf = (all: string[], start: string) => all.find((line) => line.startsWith(start))

/** A fragment for PATCH: the first section's ICE credentials and the candidates; all sections are bundled on it. */
export function fragment(sdp: string, candidates: string[], done = true): string {
  const all = lines(sdp)
  const media = firstOf(all, 'm=') ?? 'm=audio 9 UDP/TLS/RTP/SAVPF 0'
  const own = [firstOf(all, 'a=ice-ufrag:'), firstOf(all, 'a=ice-pwd:'), firstOf(all, 'a=group:BUNDLE')]
  const credentials = own.filter((line): line is string => line !== undefined)
  const mid = firstOf(all, 'a=mid:') ?? 'a=mid:0'
  return text([...credentials, media, mid, ...candidates.map((c) => `a=${c}`), ...(done ? ['a=end-of-candidates'] : [])])
}

/** The candidates that an offer already carries, without `a=`. */
export function candidatesOf(sdp: string): string[] {
  return lines(sdp).filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2))
}

/**
 * The old answer with the new ICE side of a restart (RFC 9725 §4.3.3): credentials and candidates of `restarted` take
 * the place of those in every section; the rest, fingerprint included, stays.
 */
export function restartAnswer(answer: string, restarted: string): string {
  const fresh = lines(restarted)
  const isIce = (line: string) => /^a=(ice-ufrag|ice-pwd|candidate|end-of-candidates)/.test(line)
  const ice = [...new Set(fresh.filter(isIce))]
  const kept = lines(answer).filter((line) => !isIce(line))
  return text(kept.flatMap((line) => (line.startsWith('a=mid:') ? [line, ...ice] : [line])))
}

/** ICE servers in Link headers (RFC 9725 §4.6): `<turn:a>; rel="ice-server"; username="u"; credential="c"`. */
export function iceLinks(header: string | null): { urls: string; username?: string; credential?: string }[] {
  const links = (header ?? '').match(/<[^>]+>[^<]*/g) ?? []
  return links.filter((link) => /rel="?ice-server"?/.test(link)).map((link) => {
    const parameter = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(link)?.[1]
    const [username, credential] = [parameter('username'), parameter('credential')]
    return { urls: link.slice(1, link.indexOf('>')), ...(username && { username }), ...(credential && { credential }) }
  })
}
