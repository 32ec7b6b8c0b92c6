extension StringProtocol {
    /// Gives the UTF-8 of this string to `body`, without a copy if the string stores it.
    func withBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let inPlace = utf8.withContiguousStorageIfAvailable { bytes in
            Result { () throws(Failure) -> Value in try body(UnsafeRawBufferPointer(bytes)) }
        }
        if let inPlace { return try inPlace.get() }
        return try Array(utf8).withBytes(body)
    }

    /// Whether both strings are the same bytes. `==` on strings is not that: it takes composed and decomposed letters
    /// as equal, and a name that only looks the same must not pass for another.
    func isIdentical(to other: some StringProtocol) -> Bool {
        withBytes { own in other.withBytes { own.elementsEqual($0) } }
    }
}

extension [UInt8] {
    /// Gives the bytes to `body`, with the error type kept.
    func withBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let outcome = withUnsafeBytes { bytes in Result { () throws(Failure) -> Value in try body(bytes) } }
        return try outcome.get()
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes of a range, as a separate buffer.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }

    /// Whether both are the same bytes, in a time that depends on their count alone.
    ///
    /// A comparison that stops at the first difference tells an attacker how much of a guessed signature is right.
    func isSameInConstantTime(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<count { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}
