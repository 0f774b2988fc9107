export default {
  'title': 'Notices',
  'note': 'all of them stand here; where you give an address, one is sent there too',
  'empty': 'No notices.',
  'shown': '{from}–{to} of {total}',
  'unread': 'unread',
  'ways': 'Also to',
  'mail': 'Mail',
  'sms': 'Mobile for SMS',
  'wecom': 'Mobile in WeCom',
  'dingtalk': 'Mobile in DingTalk',
  'none': 'Neither mail, SMS, WeCom nor DingTalk is connected yet; the system administrator does that.',
  'saved': 'Saved.',
}
