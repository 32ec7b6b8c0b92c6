import NIOHTTP1

/// The header fields that answers have in common, whichever part of a node makes them.
package enum SharedFields {
    /// The type of an answer in JSON.
    package static let json = (name: "Content-Type", value: "application/json")

    /// The fields of every answer, unless it says something else: browsers must not guess types, and caches keep
    /// nothing.
    package static let fixed = [
        (name: "X-Content-Type-Options", value: "nosniff"), (name: "Cache-Control", value: "no-store"),
    ]

    /// The fields of an answer that the listener makes itself.
    ///
    /// - Parameter head: the request's; nil if there is none.
    package static func fields(of head: HTTPRequestHead?, cors: OriginPolicy) -> [(name: String, value: String)] {
        fixed + cors.fields(for: head?.headers.first(name: "origin"))
    }
}
