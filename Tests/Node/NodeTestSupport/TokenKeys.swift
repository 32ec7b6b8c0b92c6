/// Keys that RFCs publish, as values of `SCORECAST_TOKEN_KEYS` have them: DER in base64.
package enum TokenKeys {
    /// RFC 8037 appendix A.1.
    package static let ed25519 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
    /// Its public half, RFC 8037 appendix A.2.
    package static let ed25519Public = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    /// RFC 7517 appendix A.2.
    package static let p256 = """
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAGhRANCAAQwoEJM0hwp\
        RIOKLXXJKzfnbqINnwCJOjtO7oo8Cq/sPuBLZekkVtmIi1Kzeb371R7oae8fD8ZbZllpW2zOCBcj
        """
    /// Its public half.
    package static let p256Public = """
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/G\
        W2ZZaVtszggXIw==
        """
}
