import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

/** The words of the access pages: they load with them. */
export const t = translator(zh, en)
