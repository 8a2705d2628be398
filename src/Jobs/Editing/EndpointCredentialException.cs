namespace Darkroom.Jobs.Editing;

/// <summary>No token can be had for the endpoint; nothing was sent to it.</summary>
public sealed class EndpointCredentialException(string message, Exception innerException) : Exception(message, innerException);
