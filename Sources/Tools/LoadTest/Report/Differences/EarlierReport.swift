import Foundation
import StrictJSON

/// A report that was written earlier with `--report`.
public struct EarlierReport: Sendable {
    /// Larger files are refused.
    private static let bytesMax = 32 << 20
    private static let limits = JSONLimits(maxElements: 100_000, maxDocumentBytes: bytesMax)

    /// The file.
    public let path: String
    let json: JSONValue

    /// Reads one.
    ///
    /// - Throws: ``LoadError`` for anything but a report of the form that this version writes.
    public init(file path: String) throws(LoadError) {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.bytes(of: path, bytesMax: Self.bytesMax)
        } catch {
            throw LoadError("The earlier report \(error)")
        }
        try self.init(bytes, path: path)
    }

    /// Reads the text of a report.
    package init(_ bytes: [UInt8], path: String) throws(LoadError) {
        let what = "\(path) is not a report to compare with"
        let advice = "Give --compare a file that this version of scorecast load wrote with --report."
        guard let json = try? JSONValue(bytes, limits: Self.limits), json.object != nil else {
            throw LoadError("\(what): it is not a JSON object. \(advice)")
        }
        guard let format = json["format"]?.string else {
            throw LoadError("\(what): it does not say which form it has (\"format\"). \(advice)")
        }
        guard format == LoadReport.format else {
            throw LoadError(
                "\(what): it has the form \"\(Figure.printable(format, bytesMax: 64))\", not "
                    + "\"\(LoadReport.format)\". \(advice)"
            )
        }
        self.path = path
        self.json = json
    }
}
