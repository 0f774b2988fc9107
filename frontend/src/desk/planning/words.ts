import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The planning pages' words: they load with those pages. */
export const p = translator(zh, en)
