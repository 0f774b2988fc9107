import { createApp } from 'vue'
import '../shared/base.css'
import '../shared/desk.css'
import './styles/desk.css'
import { showLanguage } from '../shared/i18n'
import Desk from './Desk.vue'
import { router } from './router'

showLanguage()
createApp(Desk).use(router).mount('#app')
