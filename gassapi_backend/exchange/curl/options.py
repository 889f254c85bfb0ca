"""Parses a command's words into curl's options, with or without values, and URLs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

_LONG_OF_SHORT = {
    "A": "user-agent", "b": "cookie", "c": "cookie-jar", "C": "continue-at", "d": "data",
    "D": "dump-header", "e": "referer", "E": "cert", "F": "form", "H": "header",
    "K": "config", "m": "max-time", "o": "output", "P": "ftp-port", "Q": "quote",
    "r": "range", "t": "telnet-option", "T": "upload-file", "u": "user", "U": "proxy-user",
    "w": "write-out", "x": "proxy", "X": "request", "y": "speed-time", "Y": "speed-limit",
    "z": "time-cond", "G": "get", "I": "head", "k": "insecure", "L": "location",
    "i": "include", "s": "silent", "S": "show-error", "v": "verbose", "f": "fail",
    "g": "globoff", "O": "remote-name", "J": "remote-header-name", "N": "no-buffer",
    "n": "netrc", "R": "remote-time",
    "0": "http1.0", "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6",
    "a": "append", "B": "use-ascii", "j": "junk-session-cookies", "l": "list-only",
    "M": "manual", "p": "proxytunnel", "q": "disable", "V": "version", "Z": "parallel",
    "#": "progress-bar", ":": "next",
}  # fmt: skip
_WITH_VALUE = """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config
    connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile curves
    data data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr
    dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save
    expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
    ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256
    hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb
    libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize
    max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass
    pinnedpubkey postquote preproxy prequote proto proto-default proto-redir proxy proxy-cacert
    proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key
    proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers
    proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote
    random-file range rate referer request request-target resolve retry retry-delay
    retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service
    socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max
    tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket
    upload-file url url-query user user-agent variable vlan-priority write-out
"""
_WITHOUT_VALUE = """
    anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest
    disable disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure fail
    fail-early fail-with-body false-start form-escape ftp-create-dirs ftp-pasv ftp-pret
    ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get globoff haproxy-protocol head http0.9
    http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length include
    insecure ipv4 ipv6 junk-session-cookies keepalive list-only location location-trusted
    mail-rcpt-allowfails manual metalink negotiate netrc netrc-optional next no-alpn no-buffer
    no-clobber no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb parallel
    parallel-immediate path-as-is post301 post302 post303 progress-bar proxy-anyauth proxy-basic
    proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm
    proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw
    remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors
    retry-connrefused sasl-ir show-error show-headers silent skip-existing socks5-basic
    socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke
    ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output suppress-connect-headers
    tcp-fastopen tcp-nodelay tftp-no-options tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding
    trace-ids trace-time use-ascii verbose version xattr
"""
WITH_VALUE = frozenset(_WITH_VALUE.split())
WITHOUT_VALUE = frozenset(_WITHOUT_VALUE.split())
_KNOWN = WITH_VALUE | WITHOUT_VALUE


@dataclass(slots=True)
class Given:
    """What a command gives to one transfer: options in order, by long name, and URLs."""

    options: list[tuple[str, str | None]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def all_of(self, *names: str) -> list[str]:
        """Return the values of options, in order."""
        return [value for name, value in self.options if name in names and value is not None]

    def last(self, *names: str) -> str | None:
        """Return the effective value of an option that may be given once."""
        found = self.all_of(*names)
        return found[-1] if found else None

    def has(self, *names: str) -> bool:
        """Whether one of these options is given."""
        return any(name in names for name, _ in self.options)


def transfers_of(words: list[str]) -> list[Given]:
    """Return the transfers that the words after ``curl`` give; ``--next`` begins another."""
    found = [Given()]
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            found[-1].urls.extend(waiting)
        elif word.startswith("--"):
            _take(found, word, _long(word[2:], waiting))
        elif word.startswith("-") and len(word) > 1:
            for name, value in _short(word[1:], waiting):
                _take(found, word, (name, value))
        else:
            found[-1].urls.append(word)
    return found


def _take(found: list[Given], word: str, option: tuple[str | None, str | None]) -> None:
    name, value = option
    if name is None:
        found[-1].unknown.append(word)
    elif name == "next":
        found.append(Given())
    elif name == "url" and value is not None:
        found[-1].urls.append(value)
    else:
        found[-1].options.append((name, value))


def _long(name: str, waiting: Iterator[str]) -> tuple[str | None, str | None]:
    name, equals, value = name.partition("=")  # curl wants a space there; people write this
    known = _full(name)
    if known in WITH_VALUE:
        return known, value if equals else next(waiting, "")
    return known, None


def _full(name: str) -> str | None:
    """Return an option's full name; it may be abbreviated as long as it is unambiguous.

    ``--expand-data`` is ``--data`` whose ``{{variables}}`` are filled in: they are ours as well.
    """
    name = name.removeprefix("expand-")
    if name in _KNOWN or name.removeprefix("no-") in WITHOUT_VALUE:
        return name
    longer = [known for known in _KNOWN if known.startswith(name)]
    return longer[0] if len(longer) == 1 and name else None


def _short(letters: str, waiting: Iterator[str]) -> Iterator[tuple[str | None, str | None]]:
    """Yield the options of one word; the rest of it is the value of the first that takes one."""
    for at, letter in enumerate(letters):
        name = _LONG_OF_SHORT.get(letter)
        if name in WITH_VALUE:
            yield name, letters[at + 1 :] or next(waiting, "")
            return
        yield name, None
