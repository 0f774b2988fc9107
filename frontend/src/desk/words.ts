import { translator } from '../shared/i18n'
import sharedEn from '../shared/words.en'
import sharedZh from '../shared/words.zh'
import en from './words.en'
import zh from './words.zh'

/** The desk's words, the shared ones included. Reactive: it reads the chosen language. */
export const t = translator({ ...sharedZh, ...zh }, { ...sharedEn, ...en })
