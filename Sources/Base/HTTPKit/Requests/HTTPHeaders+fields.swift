import HTTPTypes
import NIOHTTP1

extension HTTPHeaders {
    /// Some fields of a request, each value as it came. A lookup by name joins the values of a field that is given
    /// twice.
    package init(_ names: [String], of fields: HTTPFields) {
        self.init()
        for name in names.compactMap({ HTTPField.Name($0) }) {
            for value in fields[values: name] { add(name: name.canonicalName, value: value) }
        }
    }
}
