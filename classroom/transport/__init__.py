"""The one UDP port: ICE-lite, DTLS-SRTP; peers by address."""
