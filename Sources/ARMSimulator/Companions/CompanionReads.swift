/// The plain reads that Azure's own tools make beside run commands.
struct CompanionReads: Sendable {
    let configuration: SimulatorConfiguration

    func answer(_ route: ARMRoute) throws -> SimulatorJSON {
        switch route {
        case .subscriptions:
            return ["value": .array(self.configuration.subscriptions.map(self.subscription))]
        case .subscription(let id): return self.subscription(id)
        case .tenants:
            let tenant = self.configuration.tenant
            return [
                "value": [
                    [
                        "id": .string("/tenants/\(tenant)"), "tenantId": .string(tenant), "displayName": "Simulator",
                        "defaultDomain": "simulator.example", "tenantType": "AAD", "countryCode": "DE",
                    ]
                ]
            ]
        case .locations(let subscription):
            let names = [("eastus", "East US"), ("westus", "West US"), ("westeurope", "West Europe")]
            return [
                "value": .array(
                    names.map { name, shown in
                        [
                            "id": .string("/subscriptions/\(subscription)/locations/\(name)"), "name": .string(name),
                            "type": "Region", "displayName": .string(shown), "regionalDisplayName": .string(shown),
                            "metadata": ["regionType": "Physical", "regionCategory": "Recommended"],
                        ]
                    })
            ]
        case .resourceGroup(let subscription, let name):
            guard !name.lowercased().hasPrefix("missing") else {
                throw ARMFailure(
                    404, "ResourceGroupNotFound", "Resource group '\(name)' could not be found.", byGateway: true)
            }
            return [
                "id": .string("/subscriptions/\(subscription)/resourceGroups/\(name)"), "name": .string(name),
                "type": "Microsoft.Resources/resourceGroups", "location": "eastus",
                "properties": ["provisioningState": "Succeeded"],
            ]
        default: throw ARMFailure(404, "NotFound", "Nothing is there.", byGateway: true)
        }
    }

    private func subscription(_ id: String) -> SimulatorJSON {
        [
            "id": .string("/subscriptions/\(id)"), "authorizationSource": "RoleBased", "managedByTenants": [],
            "subscriptionId": .string(id), "tenantId": .string(self.configuration.tenant),
            "displayName": "Simulated subscription", "state": "Enabled",
            "subscriptionPolicies": [
                "locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off",
            ],
        ]
    }

    /// `GET /metadata/endpoints`, which tells az where to sign in: here.
    static func metadata(base: String) -> SimulatorJSON {
        [
            "portal": .string("\(base)/portal"),
            "authentication": [
                "loginEndpoint": .string("\(base)/"),
                "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
                "tenant": "common", "identityProvider": "AAD",
            ],
            "media": "https://rest.media.azure.net", "graphAudience": "https://graph.windows.net/",
            "graph": "https://graph.windows.net/", "name": "Simulator",
            "suffixes": [
                "acrLoginServer": "azurecr.io", "sqlServerHostname": "database.windows.net",
                "keyVaultDns": "vault.azure.net", "storage": "core.windows.net",
            ],
            "batch": "https://batch.core.windows.net/", "resourceManager": .string("\(base)/"),
            "vmImageAliasDoc": .string("\(base)/aliases.json"), "sqlManagement": .string("\(base)/"),
            "gallery": .string("\(base)/"), "microsoftGraphResourceId": "https://graph.microsoft.com/",
        ]
    }
}
