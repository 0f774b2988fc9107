/** The desk's icons: Phosphor, regular weight, each always beside a word. */
import buildings from '@phosphor-icons/core/regular/buildings.svg?inline'
import calendar from '@phosphor-icons/core/regular/calendar-dots.svg?inline'
import caretLeft from '@phosphor-icons/core/regular/caret-left.svg?inline'
import caretRight from '@phosphor-icons/core/regular/caret-right.svg?inline'
import chalkboard from '@phosphor-icons/core/regular/chalkboard-teacher.svg?inline'
import eyeSlash from '@phosphor-icons/core/regular/eye-slash.svg?inline'
import eye from '@phosphor-icons/core/regular/eye.svg?inline'
import house from '@phosphor-icons/core/regular/house-line.svg?inline'
import link from '@phosphor-icons/core/regular/link.svg?inline'
import search from '@phosphor-icons/core/regular/magnifying-glass.svg?inline'
import microphoneSlash from '@phosphor-icons/core/regular/microphone-slash.svg?inline'
import microphone from '@phosphor-icons/core/regular/microphone.svg?inline'
import monitor from '@phosphor-icons/core/regular/monitor.svg?inline'
import pause from '@phosphor-icons/core/regular/pause.svg?inline'
import play from '@phosphor-icons/core/regular/play.svg?inline'
import plus from '@phosphor-icons/core/regular/plus.svg?inline'
import power from '@phosphor-icons/core/regular/power.svg?inline'
import screen from '@phosphor-icons/core/regular/projector-screen.svg?inline'
import signOut from '@phosphor-icons/core/regular/sign-out.svg?inline'
import speaker from '@phosphor-icons/core/regular/speaker-high.svg?inline'
import student from '@phosphor-icons/core/regular/student.svg?inline'
import swap from '@phosphor-icons/core/regular/swap.svg?inline'
import translate from '@phosphor-icons/core/regular/translate.svg?inline'
import tree from '@phosphor-icons/core/regular/tree-structure.svg?inline'
import users from '@phosphor-icons/core/regular/users-three.svg?inline'
import cameraSlash from '@phosphor-icons/core/regular/video-camera-slash.svg?inline'
import camera from '@phosphor-icons/core/regular/video-camera.svg?inline'
import close from '@phosphor-icons/core/regular/x.svg?inline'

export const icons = {
  buildings, calendar, camera, cameraSlash, caretLeft, caretRight, chalkboard, close, eye, eyeSlash, house, link,
  microphone, microphoneSlash, monitor, pause, play, plus, power, screen, search, signOut, speaker, student, swap, translate, tree, users,
}
export type IconName = keyof typeof icons
