import Basics

/// The parameters of a URL's query, decoded.
package struct QueryString {
    /// The longest query that is read, in bytes, unless a route takes longer ones.
    package static let bytesMax = 2048
    private var values: [String: String] = [:]

    /// Reads the query of `uri`.
    ///
    /// - Parameters:
    ///   - known: the parameters that are read. Others are ignored.
    ///   - bytesMax: the longest query.
    /// - Throws: what is wrong with the query: too long, badly encoded, or a known parameter given twice. The field is
    ///   the parameter, or `query`.
    package init(uri: String, known: Set<String>, bytesMax: Int = Self.bytesMax) throws(FieldProblem) {
        guard let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        let query = uri.utf8[uri.utf8.index(after: mark)...]
        guard query.count <= bytesMax else {
            throw FieldProblem(field: "query", reason: "must not be longer than \(bytesMax) bytes")
        }
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decodedFormText(parts[0]),
                let value = PercentEncoding.decodedFormText(parts.count == 2 ? parts[1] : pair[pair.endIndex...])
            else { throw FieldProblem(field: "query", reason: "must be percent-encoded UTF-8") }
            guard known.contains(name) else { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw FieldProblem(field: name, reason: "must be given once")
            }
        }
    }

    /// The value of a parameter; nil if it is not there.
    package subscript(name: String) -> String? { values[name] }
}
