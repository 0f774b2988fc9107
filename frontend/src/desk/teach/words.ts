import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The live page's words: they load with that page. */
export const t = translator(zh, en)
