/// Signs in an RSA public key that give its private key away.
enum RSAModulus {
    /// Whether anybody can sign for the key.
    ///
    /// - Parameters:
    ///   - modulus: big-endian, without zero bytes in front.
    ///   - exponent: the same.
    static func isUnsafe(modulus: [UInt8], exponent: [UInt8]) -> Bool {
        !isExponent(exponent) || hasSmallFactor(modulus) || hasROCAFingerprint(modulus)
    }

    /// Odd and at least 3: with 1 a signature is the message itself, and an even one has no inverse. At most 32 bits,
    /// as the cryptographic library wants it.
    private static func isExponent(_ exponent: [UInt8]) -> Bool {
        guard let last = exponent.last, last & 1 == 1, exponent.count <= 4 else { return false }
        return exponent.count > 1 || last >= 3
    }

    /// Whether a small prime divides it.
    private static func hasSmallFactor(_ modulus: [UInt8]) -> Bool {
        smallPrimes.contains { remainder(of: modulus, by: $0) == 0 }
    }

    /// Whether it is one of those that a chip's library made of powers of 65537 (CVE-2017-15361, "The Return of
    /// Coppersmith's Attack"): then its remainders by many small primes are powers of 65537, too. Of other moduli about
    /// one in 2^154 looks like this.
    private static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        fingerprintPrimes.allSatisfy { prime in
            let wanted = remainder(of: modulus, by: prime)
            let generator = 65_537 % prime
            var power = generator
            repeat {
                if power == wanted { return true }
                power = power * generator % prime
            } while power != generator
            return false
        }
    }

    private static func remainder(of number: [UInt8], by divisor: UInt64) -> UInt64 {
        number.reduce(0) { ($0 << 8 | UInt64($1)) % divisor }
    }

    /// Odd primes below 2^12, and 2. A larger factor costs an attacker real work.
    private static let smallPrimes: [UInt64] = {
        var isComposite = [Bool](repeating: false, count: 1 << 12)
        var primes: [UInt64] = []
        for candidate in 2..<isComposite.count where !isComposite[candidate] {
            primes.append(UInt64(candidate))
            for multiple in stride(from: candidate * candidate, to: isComposite.count, by: candidate) {
                isComposite[multiple] = true
            }
        }
        return primes
    }()

    /// The primes from 3 to 167 of which a modulus of that library, however long, is known to keep the rule.
    private static let fingerprintPrimes: [UInt64] = smallPrimes.filter { (3...167).contains($0) }
}
