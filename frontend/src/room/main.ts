import { createApp } from 'vue'
import '../shared/base.css'
import './room.css'
import { showLanguage } from '../shared/i18n'
import RoomPage from './RoomPage.vue'

showLanguage()
createApp(RoomPage).mount('#app')
