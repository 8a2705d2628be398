namespace Darkroom.Simulator.Answers;

/// <summary>An image ready to be sent.</summary>
/// <param name="File">Its bytes.</param>
/// <param name="Sha256">Of the bytes, lower-case hex.</param>
/// <param name="Base64">The bytes as base64, when that was made once for many answers; else null.</param>
internal sealed record AnswerImage(byte[] File, string Sha256, byte[]? Base64 = null);
