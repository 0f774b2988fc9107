"""What `songjiao run` prints when all is up."""

from core.house import House

PASSWORD = "songjiao-demo"  # noqa: S105  # of the demo accounts, and printed on purpose
ACCOUNTS = (
    ("teacher", "主讲教师 lead teacher"),
    ("village", "听课教室 receiving room"),
    ("student", "学生 pupil"),
    ("bureau", "教育局 bureau"),
    ("admin", "管理员 administrator"),
)

# On the pupil's page: the class card, as the demo's loader makes it.
CLASS_CARD = "学生手机上 on the pupil's page: 班级码 class code 520326, 韦朝阳, PIN 2580"


def welcome(house: House) -> str:
    lines = ["", f"  打开 open          {house.url}", f"  教室大屏 room       {house.url}/room"]
    lines += [f"  学生手机 pupil      {house.url}/pupil"]
    if house.secure:
        lines += [f"  安装证书 install     {house.url}/install   （每台设备一次 once a device）"]
    if house.demo:
        lines += ["", f"  演示账号 demo accounts, 密码 password: {PASSWORD}"]
        lines += [f"    {name:<10}{words}" for name, words in ACCOUNTS]
        lines += [f"    {CLASS_CARD}"]
    lines += ["", f"  日志 logs {house.data / 'logs'}    停止 stop: Ctrl-C", ""]
    return "\n".join(lines)
