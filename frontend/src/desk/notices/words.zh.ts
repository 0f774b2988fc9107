export default {
  'title': '通知',
  'note': '这里都有；写了地址的，另发一份',
  'empty': '没有通知。',
  'shown': '第 {from}–{to} 条，共 {total} 条',
  'unread': '未读',
  'ways': '另发到',
  'mail': '邮件',
  'sms': '短信手机号',
  'wecom': '企业微信手机号',
  'dingtalk': '钉钉手机号',
  'none': '本系统还没有接通邮件、短信、企业微信或钉钉，由系统管理员配置。',
  'saved': '已保存。',
} as const satisfies Record<string, string>
