import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The timetable pages' words: they load with those pages. */
export const w = translator(zh, en)
