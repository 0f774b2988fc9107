import { translator } from '../../shared/i18n'
import en from './words.en'
import zh from './words.zh'

export const t = translator(zh, en)
