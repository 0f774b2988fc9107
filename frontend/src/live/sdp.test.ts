import { expect, test } from 'vitest'
import { candidatesOf, fragment, iceLinks, restartAnswer } from './sdp'
import { ordered, slotUrl } from './whip'

const offer = ['v=0', 'a=group:BUNDLE 0 1', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=ice-ufrag:abcd', 'a=ice-pwd:secret', 'a=mid:0',
  'a=candidate:1 1 udp 1 192.0.2.1 5000 typ host', 'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=ice-ufrag:abcd', 'a=ice-pwd:secret', 'a=mid:1', ''].join('\r\n')

test('a fragment carries the credentials, one section and the candidates', () => {
  expect(fragment(offer, candidatesOf(offer)).split('\r\n')).toEqual(['a=ice-ufrag:abcd', 'a=ice-pwd:secret', 'a=group:BUNDLE 0 1', 'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=mid:0', 'a=candidate:1 1 udp 1 192.0.2.1 5000 typ host', 'a=end-of-candidates', ''])
  expect(fragment(offer, [], false)).not.toContain('end-of-candidates')
})

test('a restarted answer has the new path in each section and the old fingerprint', () => {
  const answer = 'v=0\r\na=ice-lite\r\na=fingerprint:sha-256 AA\r\nm=audio 9 X 111\r\na=mid:0\r\na=ice-ufrag:old\r\na=ice-pwd:oldpwd\r\nm=video 9 X 96\r\na=mid:1\r\n'
  const fresh = 'a=ice-lite\r\na=ice-ufrag:new\r\na=ice-pwd:newpwd\r\na=candidate:1 1 udp 1 192.0.2.9 8189 typ host\r\na=end-of-candidates\r\n'
  const next = restartAnswer(answer, fresh)
  expect(next).not.toContain('old')
  expect(next.match(/a=ice-ufrag:new/g)).toHaveLength(2)
  expect(next.match(/192\.0\.2\.9/g)).toHaveLength(2)
  expect(next).toContain('a=fingerprint:sha-256 AA')
})

test('ice servers are read from the Link header', () => {
  const header = '<stun:turn.school>; rel="ice-server", <turn:turn.school?transport=udp>; rel="ice-server"; username="u"; credential="c", </help>; rel="help"'
  expect(iceLinks(header)).toEqual([{ urls: 'stun:turn.school' }, { urls: 'turn:turn.school?transport=udp', username: 'u', credential: 'c' }])
  expect(iceLinks(null)).toEqual([])
})

test('the main slot is the address as given, another is asked for', () => {
  expect(slotUrl('http://relay/whip/l1', null)).toBe('http://relay/whip/l1')
  expect(slotUrl('http://relay/whip/l1?a=1', 'board')).toBe('http://relay/whip/l1?a=1&slot=board')
})

test('the wanted codec comes first and no other is lost', () => {
  const codecs = ['video/VP9', 'video/VP8', 'video/rtx', 'video/H264'].map((mimeType) => ({ mimeType }))
  expect(ordered(codecs, 'VP8').map((codec) => codec.mimeType)).toEqual(['video/VP8', 'video/VP9', 'video/rtx', 'video/H264'])
})
