/// Gives routes the paths that Hummingbird's router knows them by.
///
/// The router wants one name for the parameter of a segment, but routes of different modules may name it differently:
/// `/users/{id}/ban` and `/users/{user_id}/profile`. The name of the first one counts, and the other routes keep their
/// own names by a translation.
struct RouterPaths {
    /// The names of parameters, by the path before them.
    private var names: [String: String] = [:]

    /// The path of a route in the router, and the router's name for each of its parameters.
    mutating func path(of path: String) -> (text: String, names: [String: String]) {
        var text = ""
        var translation: [String: String] = [:]
        for segment in path.split(separator: "/") {
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
                text += "/\(segment)"
                continue
            }
            let name = String(segment.dropFirst().dropLast())
            let known = names[text] ?? name
            names[text] = known
            translation[name] = known
            text += "/{\(known)}"
        }
        return (text.isEmpty ? "/" : text, translation)
    }
}
