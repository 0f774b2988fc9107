/** The light build has the same face as the whole one, but ships no types of its own. */
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}
