import Access

/// A group of routes of the role.
package protocol PlayRoutes: Sendable {
    /// Adds the routes.
    func addRoutes(to table: inout RouteTable)
}
