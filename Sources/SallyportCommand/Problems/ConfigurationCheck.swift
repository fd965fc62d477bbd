import Foundation
import GatewayConfiguration
import PolicyBundle
import YAMLReading

/// Everything that is wrong with a configuration and with the policy bundle that it names.
enum ConfigurationCheck {
    static func problems(path: String, environment: [String: String]) -> [Problem] {
        switch ConfigurationFile.load(path: path, environment: environment) {
        case .success(let loaded):
            let configuration = loaded.configuration
            let tenants = Set(configuration.identity.tokenIssuers.map(\.tenant))
            return loaded.warnings + Self.problems(bundle: configuration.policy.bundle, tenants: tenants.count)
        case .failure(let refused):
            // The bundle is looked at all the same if its name can be made out, so that everything shows in one go.
            guard let (folder, tenants) = Self.bundle(namedBy: path, environment: environment) else {
                return refused.problems
            }
            return refused.problems + Self.problems(bundle: folder, tenants: tenants)
        }
    }

    private static func problems(bundle: String, tenants: Int) -> [Problem] {
        do {
            return try PolicyBundle.load(directory: bundle, requiresTenants: tenants > 1).warnings
        } catch {
            return error.problems
        }
    }

    /// The bundle's folder, as far as a refused configuration still tells, and how many tenants it has.
    private static func bundle(
        namedBy path: String, environment: [String: String]
    ) -> (folder: String, tenants: Int)? {
        guard let root = YAMLDocument.read(path: path, into: Problems()) else { return nil }
        let overlay = EnvironmentOverlay(prefix: ConfigurationFile.environmentPrefix, environment: environment)
        let fromFile = root.member("policy")?.member("bundle")?.text
        guard let name = environment[overlay.variable(path: ["policy", "bundle"])] ?? fromFile, !name.isEmpty else {
            return nil
        }
        let folder = (path as NSString).deletingLastPathComponent
        let directory = name.hasPrefix("/") || folder.isEmpty ? name : "\(folder)/\(name)"
        // A folder that is not there is a problem of the configuration, which has told it.
        guard ReadableFile.folderObstacle(path: directory) == nil else { return nil }
        let tenants = root.member("identity")?.member("tokenIssuers")?.elements.compactMap { $0.member("tenant")?.text }
        return (directory, Set(tenants ?? []).count)
    }
}

extension YAMLNode {
    fileprivate func member(_ key: String) -> YAMLNode? {
        guard case .mapping(let members) = self.content else { return nil }
        return members.first { $0.key == key }?.value
    }

    fileprivate var text: String? {
        guard case .scalar(let text, _) = self.content, !self.isNull else { return nil }
        return text
    }

    fileprivate var elements: [YAMLNode] {
        guard case .sequence(let elements) = self.content else { return [] }
        return elements
    }
}
