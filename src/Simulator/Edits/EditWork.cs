using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Simulator.Accounts;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Pictures;
using Darkroom.Simulator.Requests;

namespace Darkroom.Simulator.Edits;

/// <summary>Makes the answer of an edit and its entry in the account.</summary>
internal sealed class EditWork(SimulatorOptions options, ImageMaker maker, OutputStore outputs)
{
    /// <summary>Makes the images and counts their tokens.</summary>
    /// <param name="outputsUrl">Where <see cref="OutputStore"/> is served, for answers by URL.</param>
    public EditAnswer Make(EditRequest request, LoadedSources sources, string requestId, string outputsUrl)
    {
        var first = sources.Images[0];
        var (width, height) = request.Size ?? SizeRules.Nearest(first.Width, first.Height);
        var quality = request.Quality == "auto" ? options.TokenRules.AutoQuality : request.Quality;
        var partialCount = request.Stream ? request.PartialImages : 0;
        var images = new List<AnswerImage>();
        var partials = new List<IReadOnlyList<AnswerImage>>();
        for (var i = 0; i < request.N; i++)
        {
            var order = new PaintOrder(request.Prompt, i, request.N, width, height, request.Transparent);
            partials.Add([.. Enumerable.Range(0, partialCount).Select(p => Make(order with { Coarseness = 16 >> p }))]);
            images.Add(Make(order));

            AnswerImage Make(PaintOrder what) =>
                maker.Make(request, what, first, sources.Mask, string.Create(CultureInfo.InvariantCulture, $"simulated {requestId} {i + 1}/{request.N}"));
        }

        var shares = Share(request, sources, quality, width, height, partialCount);
        var whole = request.Model.IsDallE2 ? null : new Usage(shares[0].InputText, shares[0].InputImage, shares.Sum(s => s.Output));
        var urls = request.AsUrl ? images.Select((image, i) => Keep(image, $"{requestId}-{i}.png", outputsUrl)).ToList() : null;
        return new(request, images, partials, shares, whole, quality, width, height, options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(), urls);
    }

    /// <summary>The entry that the account bills.</summary>
    public BilledEdit Entry(EditAnswer answer, LoadedSources sources, string requestId)
    {
        var names = sources.Images.Select(s => s.Name).ToList();
        return new(
            Sequence: 0, requestId, options.TimeProvider.GetUtcNow(), answer.Request.Model.Name, answer.Request.Prompt, Hash(answer.Request.Prompt),
            names, Hash(string.Join('\n', names)), sources.Mask?.Name, answer.Request.N, UsageJson.Text(answer.Usage, options.TokenRules),
            [.. answer.Images.Select(i => i.Sha256)], Delivered: false);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private List<Usage> Share(EditRequest request, LoadedSources sources, string quality, int width, int height, int partialCount)
    {
        var text = TokenCounter.Text(options.TokenRules, request.Prompt);
        var input = sources.Images.Sum(s => TokenCounter.Input(request.Model, s.Width, s.Height, request.HighFidelity));
        var output = TokenCounter.Output(request.Model, quality, width, height) + (partialCount * options.TokenRules.PartialImageTokens);
        return [.. Enumerable.Range(0, request.N).Select(i => i == 0 ? new Usage(text, input, output) : new Usage(0, 0, output))];
    }

    private string Keep(AnswerImage image, string name, string outputsUrl)
    {
        outputs.Add(name, image.File);
        return $"{outputsUrl}/{name}";
    }
}
