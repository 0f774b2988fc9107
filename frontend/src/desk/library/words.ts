import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The library's words: they load with its pages. */
export const t = translator(zh, en)
