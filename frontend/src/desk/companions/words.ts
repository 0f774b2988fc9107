import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The words that every register's page needs; what is a module's own stands in its folder. */
export const t = translator(zh, en)
