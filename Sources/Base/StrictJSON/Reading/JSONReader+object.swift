extension JSONReader {
    /// Reads a whole document that is one object: ``document(_:limits:_:)`` and ``readObject(_:)`` in one.
    ///
    /// - Parameter body: gets each key and reads its value. A value that it leaves unread is skipped.
    @inlinable
    public static func object(
        _ bytes: UnsafeRawBufferPointer,
        limits: JSONLimits = JSONLimits(),
        _ body: (JSONText, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try document(bytes, limits: limits) { reader throws(JSONError) in try reader.readObject(body) }
    }
}
