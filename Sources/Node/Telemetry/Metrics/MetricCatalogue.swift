/// The explanations of metrics, for `/metrics`.
public struct MetricCatalogue: Sendable {
    /// The explanations, each label once.
    public let descriptions: [MetricDescription]

    /// The metrics of every node. Each module adds its own.
    public static let common = MetricCatalogue(descriptions: [
        .init(label: "scorecast_build_info", help: "Always 1; the labels say which version this is."),
        .init(
            label: "scorecast_http_requests_total",
            help: "Requests that were answered, by the template of their route, method and status."),
        .init(
            label: "scorecast_http_request_seconds",
            help: "From a request's head to its answer, by the template of its route."),
        .init(
            label: "scorecast_http_accept_errors_total",
            help: "Connections that could not be accepted, for want of file descriptors mostly; none are for a "
                + "second then."),
    ])

    /// Returns this catalogue with more explanations.
    public func adding(_ more: [MetricDescription]) -> MetricCatalogue {
        MetricCatalogue(descriptions: descriptions + more)
    }
}
