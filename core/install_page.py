"""/install: the own authority's certificate, and the steps for each system. Plain HTML, both languages, no script."""

from html import escape
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from core.tls import authority_file

STEPS = (
    (
        "Windows",
        "下载证书，双击打开，点“安装证书”，选“本地计算机”，再选“将所有证书放入下列存储”，点“浏览”，选“受信任的根证书颁发机构”。",
        "Download, open, “Install Certificate”, “Local Machine”, “Place all certificates in the following store”, "
        "“Trusted Root Certification Authorities”.",
    ),
    (
        "Android",
        "下载证书，在“设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书”里选中它。",
        "Download, then Settings → Security → Encryption & credentials → Install a certificate → CA certificate.",
    ),
    (
        "iPhone, iPad",
        "用 Safari 下载，在“设置 → 已下载描述文件”里安装，再到“设置 → 通用 → 关于本机 → 证书信任设置”里打开它。",
        "Download in Safari, install it under Settings → Profile Downloaded, then switch it on under "
        "Settings → General → About → Certificate Trust Settings.",
    ),
    (
        "macOS",
        "下载证书，双击放进“钥匙串访问 → 系统”，再双击它，把“信任”改为“始终信任”。",
        "Download, open it into Keychain Access → System, open it there and set Trust to Always Trust.",
    ),
    (
        "Linux (Debian, Ubuntu, UOS, Kylin)",
        "Chromium 系浏览器：“设置 → 隐私和安全 → 安全 → 管理证书 → 授权机构 → 导入”，勾选“信任该证书，以标识网站”。",
        "Chromium: Settings → Privacy and security → Security → Manage certificates → Authorities → Import, trust it "
        "for identifying websites.",
    ),
    (
        "Firefox",
        "“设置 → 隐私与安全 → 证书 → 查看证书 → 证书颁发机构 → 导入”，勾选“信任由此证书颁发机构来标识网站”。",
        "Settings → Privacy & Security → Certificates → View Certificates → Authorities → Import, trust it to identify "
        "websites.",
    ),
)

STYLE = """
body { font: 18px/1.6 "Noto Sans SC", system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2433; background: #faf7f0 }
h1, h2 { font-family: "Noto Serif SC", serif }
h2 { border-top: 3px solid #1d2433; padding-top: .5rem; font-size: 1.2rem }
a.get { display: inline-block; min-height: 44px; padding: .5rem 1.5rem; background: #1f3a6d; color: #fff;
  border-radius: 3px; text-decoration: none } [lang=en] { color: #4a5263 } code { overflow-wrap: anywhere }
"""


def router(directory: Path) -> APIRouter:
    """`directory` is that of `core.tls`."""
    own = APIRouter()

    @own.get("/install", include_in_schema=False)
    def install() -> HTMLResponse:
        return HTMLResponse(page(_certificate(directory)))

    @own.get("/install/style.css", include_in_schema=False)
    def style() -> Response:
        return Response(STYLE, media_type="text/css")

    @own.get("/install/songjiao.crt", include_in_schema=False)
    def certificate() -> Response:
        """In DER, the form that every system opens by a click."""
        body = _certificate(directory).public_bytes(Encoding.DER)
        return Response(body, media_type="application/x-x509-ca-cert")

    return own


def page(certificate: x509.Certificate) -> str:
    fingerprint = certificate.fingerprint(SHA256()).hex(":").upper()
    steps = "".join(
        f'<h2>{escape(system)}</h2><p lang="zh">{escape(zh)}</p><p lang="en">{escape(en)}</p>'
        for system, zh, en in STEPS
    )
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>安装证书 Install the certificate</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/install/style.css">'
        "<h1>安装证书</h1><p>浏览器只把摄像头和话筒交给安全的网页。"
        "每台设备安装一次这张证书，以后打开送教就是安全的网页。</p>"
        '<p lang="en">Browsers give camera and microphone to secure pages only. Install this certificate once '
        "a device, and Songjiao is such a page from then on.</p>"
        '<p><a class="get" href="/install/songjiao.crt" download>下载证书 Download</a></p>'
        "<p>安装前，请和管理员核对指纹。证书只由这台服务器签发，私钥不离开它。</p>"
        '<p lang="en">Compare the fingerprint with the administrator before you install it. The key never leaves the '
        f"server.</p><p>SHA-256 <code>{fingerprint}</code></p>{steps}</html>"
    )


def _certificate(directory: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(authority_file(directory).read_bytes())
