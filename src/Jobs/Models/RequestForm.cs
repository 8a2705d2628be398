namespace Darkroom.Jobs.Models;

/// <summary>How a model wants its request written.</summary>
public enum RequestForm
{
    /// <summary>A JSON body with <c>images</c> by reference (images-edits-contract.md).</summary>
    Json,

    /// <summary><c>multipart/form-data</c> with the image's bytes: dall-e-2 only (images-edits-facts.md, Models).</summary>
    Multipart,
}
