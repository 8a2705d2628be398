using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Editing;
using Darkroom.Worker.Api;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>Addresses of pictures: always our own, never those that manifests name.</summary>
internal static class Pictures
{
    /// <summary>The address of an output's thumbnail, or null when there is no output. Its content never changes.</summary>
    public static string? After(ItemRow item, int width, int number = 0) =>
        item.Outputs.FirstOrDefault(output => output.Index == number) is { } output ? $"/v1/items/{item.Id}/outputs/{number}/thumbnail?width={width}&v={Version(output.Sha256)}" : null;

    /// <summary>The address of an output itself.</summary>
    public static string Whole(ItemRow item, int number) => $"/v1/items/{item.Id}/outputs/{number}";

    /// <summary>The address of an image that another one took the place of.</summary>
    public static string Former(ItemRow item, FormerImage former) => ItemEndpoints.AddressOf(item.Id, former);

    /// <summary>The address of its thumbnail.</summary>
    public static string Former(ItemRow item, FormerImage former, int width) => $"{ItemEndpoints.AddressOf(item.Id, former)}/thumbnail?width={width}";

    /// <summary>The address of a thumbnail of what an item edits, or null when it can't be shown: a file at the service, or what is too long for a list.</summary>
    public static string? Before(ItemRow item, int width) =>
        item.Input is { Images: [{ Kind: not ImageReferenceKind.FileId }, ..] } ? $"/v1/items/{item.Id}/inputs/0/thumbnail?width={width}" : null;

    /// <summary>What the reader is told where there is no picture of what an item edits.</summary>
    public static string Missing(ItemRow item) => item.Input switch
    {
        null => "inline",
        { Images: [{ Kind: ImageReferenceKind.FileId }, ..] } => "file at the service",
        _ => "no preview",
    };

    /// <summary>Whether an item's state can be put back to pending.</summary>
    public static bool CanRetry(ItemState state) => state is ItemState.Failed or ItemState.Held or ItemState.Rejected;

    private static string Version(string sha256) => sha256.Length > 12 ? sha256[..12] : sha256;
}
