/// The cost of a hash of scrypt (RFC 7914).
package struct ScryptParameters: Hashable, Sendable {
    /// The logarithm of N, to base 2.
    package let logN: Int
    /// The size of a block.
    package let blockSize: Int
    /// How many blocks are mixed, one after the other.
    package let parallelism: Int

    /// Parameters; nil if they are out of bounds, so that a hash in the database cannot take all memory or time.
    package init?(logN: Int, blockSize: Int, parallelism: Int) {
        guard (1...20).contains(logN), (1...16).contains(blockSize), (1...16).contains(parallelism),
            (128 << logN) * blockSize <= Self.bytesMax
        else { return nil }
        self.init(logN: logN, blockSize: blockSize, parallelism: parallelism, checked: ())
    }

    private init(logN: Int, blockSize: Int, parallelism: Int, checked: Void) {
        self.logN = logN
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// What OWASP's Password Storage Cheat Sheet recommends: N = 2^17, r = 8, p = 1.
    package static let recommended = ScryptParameters(logN: 17, blockSize: 8, parallelism: 1, checked: ())

    private static let bytesMax = 1 << 30

    /// N.
    var rounds: Int { 1 << logN }
    /// The memory that one hash takes while it is made.
    package var bytes: Int { 128 * rounds * blockSize }
    private var work: Int { rounds * blockSize * parallelism }

    /// Whether a hash with the other parameters is cheaper to guess, so that it should be made again.
    func exceed(_ other: ScryptParameters) -> Bool { work > other.work || bytes > other.bytes }
}
