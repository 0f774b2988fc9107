import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The roster pages' words: they load with those pages. */
export const r = translator(zh, en)
