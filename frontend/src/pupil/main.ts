import { createApp } from 'vue'
import '../shared/base.css'
import './pupil.css'
import { showLanguage } from '../shared/i18n'
import PupilPage from './PupilPage.vue'

showLanguage()
createApp(PupilPage).mount('#app')
