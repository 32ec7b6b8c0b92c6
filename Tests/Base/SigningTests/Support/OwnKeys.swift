import Crypto
import Signing

/// Keys that RFCs publish, as OpenSSL and Python's cryptography write them, in base64.
enum OwnKeys {
    /// RFC 8037 appendix A.1.
    static let ed25519 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
    static let ed25519Public = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    /// RFC 7517 appendix A.2.
    static let p256 = """
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAGhRANCAAQwoEJM0hwp\
        RIOKLXXJKzfnbqINnwCJOjtO7oo8Cq/sPuBLZekkVtmIi1Kzeb371R7oae8fD8ZbZllpW2zOCBcj
        """
    static let p256Public = """
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/G\
        W2ZZaVtszggXIw==
        """
    /// The private key 5 on P-256, without its public half.
    static let p256WithoutPublic = """
        MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABQ==
        """

    /// Keys of other kinds and forms.
    static let others = [
        ("X25519", "MC4CAQAwBQYDK2VuBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"),
        (
            "secp256k1",
            """
            MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWhRANCAAQvi95NGgcg\
            k1W0pyUKXFEo6IuEvdxhmrfLqNVpskDv5NisIiY25ePW1Nup3abJxCb3iCcbqw1oQNyofTqmrGLW
            """
        ),
        (
            "P-384",
            """
            MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEEd4kosJRx3dXPKxeoCXkZ/II5R2/+Y/FT2Zhy+Vlg7A3iC9KHKKX5gq828ODbYS8j6aWx3RA\
            +S0PWDfpCgDnxShLRHdU1d7ojJhlM7aQGusxd2htCuj7MxhEFKvmwXE6
            """
        ),
        (
            "SEC 1",
            """
            MHcCAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFoAoGCCqGSM49AwEHoUQDQgAEUVkLelFRQNLXhMhWCGaP3++Mgv0f\
            W+UkIVVKDcPQM+3gwX2okEpyfYrhvza/inkmDQEvANTYCIjR0LtE/aFtpA==
            """
        ),
        ("compressed", "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACUVkLelFRQNLXhMhWCGaP3++Mgv0fW+UkIVVKDcPQM+0="),
        ("a raw key", "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="), ("nothing", ""),
        ("PEM", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t"),
    ]

    static func key(_ id: String, _ base64: String) throws(OwnTokenKeyError) -> OwnTokenKey {
        try OwnTokenKey(id: id, der: bytes(base64.replacing("=", with: "")))
    }

    /// The public key of an Ed25519 seed.
    static func point(ofSeed seed: [UInt8]) -> [UInt8]? {
        (try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)).map { Array($0.publicKey.rawRepresentation) }
    }
}
