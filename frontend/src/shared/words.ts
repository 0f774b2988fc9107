import { translator } from './i18n'
import en from './words.en'
import zh from './words.zh'

/** Words that several pages say. A page's own words stand in its own folder. */
export const shared = translator(zh, en)
