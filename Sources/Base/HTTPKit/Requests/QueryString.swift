/// The parameters of a URL's query, decoded.
package struct QueryString {
    /// The longest query that is read unless a route takes longer ones, in bytes.
    package static let bytesMax = 2048
    private var values: [String: String] = [:]

    /// What is wrong with a query.
    package struct Problem: Error, Equatable {
        /// The parameter, or `query` for all of it.
        package var field: String
        /// What it must be.
        package var reason: String
    }

    /// Reads the query of `uri`.
    ///
    /// - Throws: what is wrong with it: too long, badly encoded, or a parameter of `known` given twice. Others are
    ///   ignored.
    package init(uri: String, known: Set<String>, bytesMax: Int = Self.bytesMax) throws(Problem) {
        guard let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        let query = uri.utf8[uri.utf8.index(after: mark)...]
        guard query.count <= bytesMax else {
            throw Problem(field: "query", reason: "must not be longer than \(bytesMax) bytes")
        }
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decodedFormText(parts[0]),
                let value = PercentEncoding.decodedFormText(parts.count == 2 ? parts[1] : pair[pair.endIndex...])
            else { throw Problem(field: "query", reason: "must be percent-encoded UTF-8") }
            guard known.contains(name) else { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(field: name, reason: "must be given once")
            }
        }
    }

    /// The value of a parameter.
    package subscript(name: String) -> String? { values[name] }
}
