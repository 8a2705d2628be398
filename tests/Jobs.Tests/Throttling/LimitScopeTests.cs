using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimitScopeTests
{
    private const string Key = "sk-0123456789abcdef";

    [Theory]
    [InlineData("https://api.test/v1", "https://api.test/v1/", true)]
    [InlineData("https://api.test/v1", "https://API.test:443/v1", true)]
    [InlineData("https://api.test/v1", "https://api.test/v1?api-version=2", true)]
    [InlineData("https://api.test/v1", "http://api.test/v1", false)]
    [InlineData("https://api.test/v1", "https://api.test:8443/v1", false)]
    [InlineData("https://api.test/v1", "https://api2.test/v1", false)]
    [InlineData("https://api.test/openai/deployments/a", "https://api.test/openai/deployments/b", false)]
    [InlineData("http://127.0.0.1:5000/v1", "http://127.0.0.1:5001/v1", false)]
    public void Of_Addresses_DifferBySchemeHostPortAndPath(string one, string other, bool same) =>
        (Of(one, Key).KeyOf("g") == Of(other, Key).KeyOf("g")).ShouldBe(same);

    [Fact]
    public void Of_Keys_DifferAndAreNeverShown()
    {
        var scope = Of("https://api.test/v1", Key);
        scope.Id.ShouldNotBe(Of("https://api.test/v1", Key + "0").Id);
        scope.Id.ShouldNotBe(Of("https://api.test/v1", null).Id);
        scope.KeyName.ShouldBe("sha256:221df437");
        foreach (var text in new[] { scope.ToString(), scope.KeyOf("g"), scope.KeyName, scope.Endpoint }) text.ShouldNotContain(Key);
        Of("https://api.test/v1", "").KeyName.ShouldBe("none");
    }

    [Fact]
    public void Of_EntraId_GoesByTheAccountAndNotByAKey()
    {
        var options = new EndpointOptions { BaseUrl = "https://x.openai.azure.com/openai/v1", ApiKey = Key, Azure = new AzureEndpointOptions { UseEntraId = true } };
        LimitScope.Of(options, "tenant/client").KeyName.ShouldBe("entra:tenant/client");
        LimitScope.Of(options, "tenant/client").Id.ShouldNotBe(LimitScope.Of(options, "tenant/other").Id);
        LimitScope.Of(options, account: null).KeyName.ShouldBe("entra");
    }

    [Fact]
    public void KeyOf_BatchCaps_BelongToTheBatchAlone() => Of("https://api.test/v1", Key).KeyOf("batch:b-1").ShouldBe("batch:b-1");

    private static LimitScope Of(string address, string? key) => LimitScope.Of(new EndpointOptions { BaseUrl = address, ApiKey = key }, account: null);
}
