import '../shared/base.css'
import { showLanguage } from '../shared/i18n'

showLanguage()
