import StrictJSON

/// A part of the OpenAPI document: a document of its own with the paths, components and tags of one module. It may
/// refer to the components of the others.
package struct OpenAPIFragment: Sendable {
    /// Why a fragment cannot be added to a document.
    package struct Problem: Error, CustomStringConvertible {
        package let description: String
    }

    /// The name of its file, without the ending.
    package let name: String
    private let json: [UInt8]

    /// - Parameters:
    ///   - name: of its file.
    ///   - json: its content.
    package init(name: String, json: [UInt8]) {
        self.name = name
        self.json = json
    }

    private static let limits = JSONLimits(maxDepth: JSONLimits.deepest, maxMembers: 1024, maxDocumentBytes: 8 << 20)

    /// The document with this fragment. Paths, tags and components are added, and each may occur once; of the other
    /// members, those of the first fragment count.
    package func added(to document: JSONObject) throws(Problem) -> JSONObject {
        let fragment: JSONObject?
        do throws(JSONError) {
            fragment = try JSONValue(json, limits: Self.limits).object
        } catch {
            throw Problem(description: "\(name): \(error)")
        }
        guard let fragment else { throw Problem(description: "\(name) is not an object") }
        var document = document
        for member in fragment.members {
            guard let known = document[member.key] else {
                document[member.key] = member.value
                continue
            }
            switch member.key {
            case "paths": document["paths"] = try adding(member.value, to: known, "path")
            case "components": document["components"] = try addingSections(of: member.value, to: known)
            case "tags": document["tags"] = .array((known.array ?? []) + (member.value.array ?? []))
            default: break
            }
        }
        return document
    }

    private func adding(_ new: JSONValue, to known: JSONValue, _ kind: String) throws(Problem) -> JSONValue {
        guard var all = known.object, let new = new.object else {
            throw Problem(description: "\(name): \(kind) is not an object")
        }
        for member in new.members {
            guard all[member.key] == nil else {
                throw Problem(description: "\(name): the \(kind) \(member.key) is there twice")
            }
            all[member.key] = member.value
        }
        return .object(all)
    }

    private func addingSections(of new: JSONValue, to known: JSONValue) throws(Problem) -> JSONValue {
        guard var all = known.object, let new = new.object else {
            throw Problem(description: "\(name): components are not an object")
        }
        for section in new.members {
            guard let known = all[section.key] else {
                all[section.key] = section.value
                continue
            }
            all[section.key] = try adding(section.value, to: known, section.key)
        }
        return .object(all)
    }
}
