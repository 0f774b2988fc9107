import { expect, test } from 'vitest'
import { following, readPlaylist } from './playlist'

const TEXT = `#EXTM3U
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="teacher-1-init.mp4"
#EXT-X-PART:DURATION=1.00000,URI="teacher-7-0.mp4",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.00000,URI="teacher-7-1.mp4"
#EXTINF:2.00000,
teacher-7.mp4
#EXT-X-DISCONTINUITY
#EXT-X-PART:DURATION=1.00000,URI="teacher-8-0.mp4",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.00000,URI="teacher-8-1.mp4"
`
const uris = (parts: { uri: string }[]) => parts.map((part) => part.uri)

test('a playlist is read into its parts', () => {
  const list = readPlaylist(TEXT)
  expect(list.init).toBe('teacher-1-init.mp4')
  expect(list.parts.map(({ segment, index, independent }) => [segment, index, independent])).toEqual([[7, 0, true], [7, 1, false], [8, 0, true], [8, 1, false]])
})

test('it begins with the newest part that a picture can begin with', () => {
  expect(uris(following(readPlaylist(TEXT), null))).toEqual(['teacher-8-0.mp4', 'teacher-8-1.mp4'])
})

test('it goes on after the last part', () => {
  const list = readPlaylist(TEXT)
  expect(uris(following(list, list.parts[1] ?? null))).toEqual(['teacher-8-0.mp4', 'teacher-8-1.mp4'])
  expect(following(list, list.parts[3] ?? null)).toEqual([])
})

test('who has fallen behind the playlist begins anew', () => {
  const list = readPlaylist(TEXT)
  expect(uris(following(list, { segment: 2, index: 0, uri: '', independent: true }))).toEqual(['teacher-8-0.mp4', 'teacher-8-1.mp4'])
})

test('an empty one has nothing', () => {
  expect(following(readPlaylist(''), null)).toEqual([])
})
