import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the path, without the query, is exactly `path`.
    @inlinable
    public func hasPath(_ path: StaticString) -> Bool {
        let length = path.utf8CodeUnitCount
        return uri.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.count >= length, bytes.count == length || bytes[length] == UInt8(ascii: "?") else {
                return false
            }
            return UnsafeBufferPointer(rebasing: bytes[..<length]).elementsEqual(
                UnsafeBufferPointer(start: path.utf8Start, count: length))
        } ?? false
    }
}
