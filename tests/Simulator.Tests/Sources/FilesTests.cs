using System.Text.Json.Nodes;
using Darkroom.Simulator.Pictures;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Simulator.Tests.Sources;

public sealed class FilesTests
{
    private static async Task<(int Status, JsonNode Body)> UploadAsync(Simulation simulation, string purpose, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "purpose" },
            { new ByteArrayContent(ShopCatalogue.Find("mug-mask.png")!), "file", "mask.png" },
        };
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        using var answer = await simulation.Client.PostAsync(simulation.At("/v1/files"), form, Simulation.Token);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!);
    }

    [Fact]
    public async Task File_Uploaded_CanBeUsedReadAndDeleted()
    {
        await using var simulation = await Simulation.StartAsync();
        var (status, file) = await UploadAsync(simulation, "vision");
        status.ShouldBe(200);
        var id = file["id"]!.GetValue<string>();
        id.ShouldStartWith("file-");
        file["bytes"]!.GetValue<int>().ShouldBe(ShopCatalogue.Find("mug-mask.png")!.Length);
        file["filename"]!.GetValue<string>().ShouldBe("mask.png");
        file["purpose"]!.GetValue<string>().ShouldBe("vision");
        file["expires_at"].ShouldBeNull();
        await simulation.EditOkAsync(("mask", new JsonObject { ["file_id"] = id }));
        simulation.Server.Account.Billed.Single().Mask.ShouldBe($"file:{id}");
        (await simulation.Client.GetByteArrayAsync(simulation.At($"/v1/files/{id}/content"), Simulation.Token)).ShouldBe(ShopCatalogue.Find("mug-mask.png"));
        using var deleted = await simulation.Client.DeleteAsync(simulation.At($"/v1/files/{id}"), Simulation.Token);
        (await deleted.Content.ReadAsStringAsync(Simulation.Token)).ShouldContain("\"deleted\":true");
        using var gone = await simulation.Client.GetAsync(simulation.At($"/v1/files/{id}"), Simulation.Token);
        ((int)gone.StatusCode).ShouldBe(404);
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("images", new JsonArray(new JsonObject { ["file_id"] = id }))));
        error["code"]!.GetValue<string>().ShouldBe("file_not_found");
        error["param"]!.GetValue<string>().ShouldBe("images[0].file_id");
    }

    [Fact]
    public async Task File_Lifetime_Ends()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var simulation = await Simulation.StartAsync(new() { TimeProvider = time });
        var (_, file) = await UploadAsync(simulation, "vision", ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600"));
        file["expires_at"]!.GetValue<long>().ShouldBe(3600);
        time.Advance(TimeSpan.FromSeconds(3600));
        using var gone = await simulation.Client.GetAsync(simulation.At($"/v1/files/{file["id"]}"), Simulation.Token);
        ((int)gone.StatusCode).ShouldBe(404);
    }

    [Theory]
    [InlineData("fun", "created_at", "3600", "purpose")]
    [InlineData("vision", "created_at", "3599", "expires_after")]
    [InlineData("vision", "birth", "3600", "expires_after")]
    public async Task Upload_FieldWrong_IsRefused(string purpose, string anchor, string seconds, string param)
    {
        await using var simulation = await Simulation.StartAsync();
        var (status, body) = await UploadAsync(simulation, purpose, ("expires_after[anchor]", anchor), ("expires_after[seconds]", seconds));
        status.ShouldBe(400);
        body["error"]!["param"]!.GetValue<string>().ShouldBe(param);
    }
}
