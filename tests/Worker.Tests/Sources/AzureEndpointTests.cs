using Azure.Core;
using Azure.Identity;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Simulator;
using Darkroom.Worker.Endpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Worker.Tests.Sources;

public sealed class AzureEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai/v1/")]
    [InlineData("openai/deployments/images?api-version=2025-04-01-preview")]
    public async Task Run_AzurePathWithApiKeyHeader_EditsAndUploads(string path)
    {
        await using var world = await SourceWorld.CreateAsync(
            new SimulatorOptions { ApiKey = "0123456789abcdef" }, ("Edit:ApiKey", "0123456789abcdef"), ("Edit:ApiKeyHeader", "api-key"), ("Edit:UploadSharedFrom", "2"));
        world.Set("Edit:BaseUrl", world.Root + path);
        await world.TakeAsync("mug.png");

        var (status, _) = await world.RunAsync(Enumerable.Range(1, 3).Select(i => $$"""{"image":"mug.png","prompt":"p {{i}}"}"""), deleteUploads: true);

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 3));
        world.Simulator.Account.Billed.ShouldAllBe(b => b.Sources[0].StartsWith("file:"));
        (await world.UploadedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_EntraId_SendsItsTokenToEditsAndFiles()
    {
        await using var world = await SourceWorld.CreateAsync(
            new SimulatorOptions { ApiKey = "token-1" }, ("Edit:ApiKey", "sk-not-this-one"), ("Edit:Azure:UseEntraId", "true"), ("Edit:UploadSharedFrom", "2"));
        world.Set("Edit:BaseUrl", world.Root + "openai/v1");
        await world.TakeAsync("mug.png");
        var account = new FakeAccount(TimeProvider.System);

        var (status, _) = await world.RunAsync(
            Enumerable.Range(1, 5).Select(i => $$"""{"image":"mug.png","prompt":"p {{i}}"}"""), change: services => services.AddSingleton<TokenCredential>(account));

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 5));
        account.Scopes.ShouldBe(["https://cognitiveservices.azure.com/.default"]);
    }

    [Fact]
    public async Task GetHeaderAsync_Token_IsKeptUntilShortlyBeforeItsEnd()
    {
        var time = new FakeTimeProvider();
        var account = new FakeAccount(time);
        using var credential = new EntraCredential(account, time);
        (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => credential.GetHeaderAsync(Cancel).AsTask()))).ShouldAllBe(h => h!.Value == "Bearer token-1");
        time.Advance(TimeSpan.FromMinutes(54));
        (await credential.GetHeaderAsync(Cancel)).ShouldBe(new EndpointHeader("Authorization", "Bearer token-1"));
        time.Advance(TimeSpan.FromMinutes(1));
        (await credential.GetHeaderAsync(Cancel))!.Value.ShouldBe("Bearer token-2");
        account.Scopes.Count.ShouldBe(2);
    }

    [Fact]
    public async Task GetHeaderAsync_TokenToBeRenewedEarly_IsRenewed()
    {
        var time = new FakeTimeProvider();
        using var credential = new EntraCredential(new FakeAccount(time) { RefreshAfter = TimeSpan.FromMinutes(10) }, time);
        await credential.GetHeaderAsync(Cancel);
        time.Advance(TimeSpan.FromMinutes(10));
        (await credential.GetHeaderAsync(Cancel))!.Value.ShouldBe("Bearer token-2");
    }

    [Fact]
    public async Task GetHeaderAsync_NoAccount_SaysSoAndAsksAgainNextTime()
    {
        var account = new FakeAccount(TimeProvider.System) { Failure = new CredentialUnavailableException("nobody is logged in") };
        using var credential = new EntraCredential(account, TimeProvider.System);
        (await Should.ThrowAsync<EndpointCredentialException>(async () => await credential.GetHeaderAsync(Cancel))).Message.ShouldContain("nobody is logged in");
        account.Failure = null;
        (await credential.GetHeaderAsync(Cancel))!.Value.ShouldBe("Bearer token-2");
    }

    [Fact]
    public void ToString_Header_HidesItsValue() => new EndpointHeader("Authorization", "Bearer secret").ToString().ShouldBe("Authorization");

    private sealed class FakeAccount(TimeProvider time) : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public Exception? Failure { get; set; }

        public TimeSpan? RefreshAfter { get; init; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Scopes.AddRange(requestContext.Scopes);
            if (Failure is not null) throw Failure;
            var now = time.GetUtcNow();
            return new AccessToken($"token-{Scopes.Count}", now.AddHours(1), now + RefreshAfter);
        }
    }
}
