import Signing
import Testing

/// Keys that anybody can make signatures for are left out of a key set, and the others of the set stay.
@Suite struct WeakKeyTests {
    private static func littleEndian(_ first: UInt8, _ middle: UInt8, _ last: UInt8) -> [UInt8] {
        [first] + Array(repeating: middle, count: 30) + [last]
    }

    /// The two points of order 8 (Ed25519, `y`).
    private static let orderEight: [[UInt8]] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
            0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]

    /// 0, 1, -1 and the points of order 8; then `y` from 2^255 - 19 to 2^255 - 1, which are 0 to 18 in another
    /// spelling. Each with both signs of `x`.
    private static let weakPoints: [[UInt8]] = {
        let canonical =
            [littleEndian(0, 0, 0), littleEndian(1, 0, 0), littleEndian(0xec, 0xff, 0x7f)] + orderEight
        let others = (UInt8(0xed)...0xff).map { littleEndian($0, 0xff, 0x7f) }
        return (canonical + others).flatMap { y in [y, y.dropLast() + [y[31] | 0x80]] }
    }()

    @Test func pointsOfSmallOrder() async throws {
        #expect(Self.weakPoints.count == 48)
        for point in Self.weakPoints {
            try await expectWeak(#"{"kty":"OKP","crv":"Ed25519","kid":"w","x":"\#(base64URL(point))"}"#)
        }
    }

    /// The one below the least spelling that is not canonical, and neighbours of the weak ones.
    @Test func pointsNextToThemAreTaken() async throws {
        for point in [Self.littleEndian(2, 0, 0), Self.littleEndian(0xeb, 0xff, 0x7f), Self.littleEndian(0, 0, 1)] {
            let set = try await keySet([#"{"kty":"OKP","crv":"Ed25519","x":"\#(base64URL(point))"}"#])
            #expect(set.keys.count == 1)
        }
    }

    @Test(
        "Exponents 0, 1, 2, 65536, one of 40 bits, and 1 with zeros in front",
        arguments: ["AA", "AQ", "Ag", "AQAA", "gAAAAAE", "AAAB"])
    func exponents(_ exponent: String) async throws {
        try await expectWeak(#"{"kty":"RSA","n":"\#(RFC.modulus)","e":"\#(exponent)"}"#)
    }

    @Test(arguments: ["Aw", "AQAB"]) func usualExponentsAreTaken(_ exponent: String) async throws {
        let set = try await keySet([#"{"kty":"RSA","n":"\#(RFC.modulus)","e":"\#(exponent)"}"#])
        #expect(set.keys.count == 1)
    }

    /// Even, a multiple of 3, and of 4093, the last prime that is looked for.
    @Test func moduliWithSmallFactors() async throws {
        var modulus = bytes(RFC.modulus)
        let last = modulus[255]
        for divisor in [2, 3, 4093] as [UInt64] {
            // A step of 2 keeps it odd; within the two last bytes every remainder of an odd divisor is met.
            var tries = 0
            modulus[255] = divisor == 2 ? last & 0xfe : last | 1
            while Self.remainder(modulus, divisor) != 0, tries < 8192 {
                tries += 1
                let tail = (UInt16(modulus[254]) << 8 | UInt16(modulus[255])) &+ 2
                (modulus[254], modulus[255]) = (UInt8(tail >> 8), UInt8(tail & 0xff))
            }
            try #require(Self.remainder(modulus, divisor) == 0)
            try await expectWeak(#"{"kty":"RSA","n":"\#(base64URL(modulus))","e":"AQAB"}"#)
        }
    }

    private static func remainder(_ number: [UInt8], _ divisor: UInt64) -> UInt64 {
        number.reduce(0) { ($0 << 8 | UInt64($1)) % divisor }
    }

    /// 2048 bits of two primes as the library of CVE-2017-15361 makes them: a multiple of the product of the first 126
    /// primes, plus a power of 65537.
    @Test func moduliOfABrokenGenerator() async throws {
        try await expectWeak(#"{"kty":"RSA","n":"\#(Self.roca)","e":"AQAB"}"#)
    }

    private static let roca = """
        2mDMLlz8fUBRSf299i3NQdO9iP_NDAH_G07_tGZa1OmWZb9QuEU5AG34PAc7C-4_qYMrHByzLn4Z5CeUDFr2EJSGB3CMKdnSil7c\
        F5-CFEU1cxhnpkcf4jLMSzMBqQu_-qpUV0bUywQG1T3P0rSA_y1QdvTdaqpFnA55nvNxzJ_pzH92SdQ1rvAGZ08vnkuHYIcWzOKl\
        gVYTcEtMt1fkWzbfgcya2M30j362nxcizbChWDZzlJ_Iyq9ROkR-TF9g6x7fmlbYT2HjF-Q7r3mKJBACp8xVfNqJuW3tyDMbUoLn\
        vFTpTh8pQMOyS2gQ_wQbpmd-db1F-JQX7dgXgkgweQ
        """

    private func expectWeak(_ entry: String) async throws {
        let good = try await KeyPair.es256(id: "good")
        let set = try await keySet([entry, good.entry()])
        #expect(set.keys.map(\.id) == ["good"])
        #expect(set.skipped == [.init(number: 1, reason: .weak)], "\(entry)")
    }

    // MARK: Names of Ed25519

    @Test(
        "RFC 9864: a key and its tokens may use the one name or the other", arguments: ["Ed25519", "EdDSA"],
        ["Ed25519", "EdDSA"])
    func bothNames(key: String, token: String) async throws {
        let pair = try await KeyPair.edDSA(id: "d")
        let set = try await keySet([pair.entry(#","alg":"\#(key)""#)])
        let verifier = try TokenVerifier(keys: set.keys)
        let text = try pair.token(kid: "d", algorithm: token)
        #expect(try verifier.verify(text, now: now).subject == "u1")
    }

    @Test(arguments: ["ed25519", "Ed448", "ED25519", "EdDSA "]) func otherNames(_ name: String) async throws {
        let pair = try await KeyPair.edDSA(id: "d")
        let verifier = try TokenVerifier(keys: try await keySet([pair.entry()]).keys)
        let text = try pair.token(kid: "d", algorithm: name)
        #expect(throws: TokenError.self) { try verifier.verify(text, now: now) }
    }

    // MARK: Action keys

    @Test func keysInHexadecimalAreSeen() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
        let key = bytes(hex)
        #expect(key.count == 48)
        #expect(ActionKeys.looksLikeHexadecimal(key))
        #expect(!ActionKeys.looksLikeHexadecimal(Array("0123456789abcdef0123456789abcdef".utf8)))
        #expect(!ActionKeys.looksLikeHexadecimal([UInt8](repeating: 0xa5, count: 32)))
    }
}
